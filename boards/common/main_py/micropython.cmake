# A component for the boards that MicroPython builds with CMake.
add_library(usermod_main_py INTERFACE)
target_sources(usermod_main_py INTERFACE ${CMAKE_CURRENT_LIST_DIR}/main_py.c)
target_link_options(usermod_main_py INTERFACE -Wl,--wrap=pyexec_file_if_exists)
target_link_libraries(usermod INTERFACE usermod_main_py)
