# All C modules, for the boards that MicroPython builds with CMake.
file(GLOB USERMOD_FILES ${CMAKE_CURRENT_LIST_DIR}/*/micropython.cmake)
foreach(USERMOD_FILE IN LISTS USERMOD_FILES)
    include(${USERMOD_FILE})
endforeach()
