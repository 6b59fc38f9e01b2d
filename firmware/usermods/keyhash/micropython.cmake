add_library(usermod_keyhash INTERFACE)

target_sources(usermod_keyhash INTERFACE
    ${CMAKE_CURRENT_LIST_DIR}/keyhash.c
    ${CMAKE_CURRENT_LIST_DIR}/modkeyhash.c
)

target_include_directories(usermod_keyhash INTERFACE ${CMAKE_CURRENT_LIST_DIR})

target_link_libraries(usermod INTERFACE usermod_keyhash)
