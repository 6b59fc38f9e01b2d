add_library(usermod_httptok INTERFACE)

target_sources(usermod_httptok INTERFACE
    ${CMAKE_CURRENT_LIST_DIR}/httptok.c
    ${CMAKE_CURRENT_LIST_DIR}/httptok_body.c
    ${CMAKE_CURRENT_LIST_DIR}/modhttptok.c
)

target_include_directories(usermod_httptok INTERFACE ${CMAKE_CURRENT_LIST_DIR})

target_link_libraries(usermod INTERFACE usermod_httptok)
