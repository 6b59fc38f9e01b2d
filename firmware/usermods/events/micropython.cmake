add_library(usermod_events INTERFACE)

target_sources(usermod_events INTERFACE
    ${CMAKE_CURRENT_LIST_DIR}/modevents.c
    ${CMAKE_CURRENT_LIST_DIR}/running.c
)

target_include_directories(usermod_events INTERFACE ${CMAKE_CURRENT_LIST_DIR})

target_link_libraries(usermod INTERFACE usermod_events)
