add_library(usermod_frozen_names INTERFACE)

target_sources(usermod_frozen_names INTERFACE ${CMAKE_CURRENT_LIST_DIR}/modfrozen_names.c)

target_link_libraries(usermod INTERFACE usermod_frozen_names)
