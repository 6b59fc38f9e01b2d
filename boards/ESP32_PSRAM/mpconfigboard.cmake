set(IDF_TARGET esp32)

set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest.py)
list(APPEND USER_C_MODULES ${MICROPY_BOARD_DIR}/../common/main_py/micropython.cmake)

# Both live in git submodules of MicroPython, which not every source of its tree has. Nothing of
# ours uses them; the rules only ask for a folder with a README.md.
set(MICROPY_PY_BTREE OFF)
get_filename_component(MICROPY_LIB_DIR ${CMAKE_SOURCE_DIR}/../../lib ABSOLUTE)

set(SDKCONFIG_DEFAULTS
    boards/sdkconfig.base
    boards/sdkconfig.240mhz
    boards/sdkconfig.spiram
    ${MICROPY_BOARD_DIR}/sdkconfig.board
)

# sdkconfig.before-X.Y.Z holds what an ESP-IDF older than that needs to be told otherwise.
include($ENV{IDF_PATH}/tools/cmake/version.cmake)
set(BOARD_IDF_VERSION ${IDF_VERSION_MAJOR}.${IDF_VERSION_MINOR}.${IDF_VERSION_PATCH})
file(GLOB BOARD_OLDER ${MICROPY_BOARD_DIR}/sdkconfig.before-*)
foreach(BOARD_SDKCONFIG IN LISTS BOARD_OLDER)
    string(REGEX REPLACE "^.*/sdkconfig\\.before-" "" BOARD_BEFORE ${BOARD_SDKCONFIG})
    if(BOARD_IDF_VERSION VERSION_LESS BOARD_BEFORE)
        list(APPEND SDKCONFIG_DEFAULTS ${BOARD_SDKCONFIG})
    endif()
endforeach()

# What depends on more than the board: the firmware's version, and the size of the flash chip.
set(BOARD_VERSION_FILE ${MICROPY_BOARD_DIR}/../../frozen/modcore/version.py)
file(STRINGS ${BOARD_VERSION_FILE} BOARD_VERSION_LINE REGEX "^VERSION = ")
string(REGEX REPLACE "^VERSION = \"(.*)\"$" "\\1" BOARD_VERSION "${BOARD_VERSION_LINE}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${BOARD_VERSION_FILE})

macro(board_flash MIB TABLE)
    file(WRITE ${CMAKE_BINARY_DIR}/sdkconfig.generated
        "CONFIG_APP_PROJECT_VER=\"${BOARD_VERSION}\"\n"
        "CONFIG_ESPTOOLPY_FLASHSIZE_${MIB}MB=y\n"
        "CONFIG_PARTITION_TABLE_CUSTOM_FILENAME=\"${MICROPY_BOARD_DIR}/${TABLE}\"\n"
    )
endmacro()
board_flash(4 partitions.csv) # mpconfigvariant_*.cmake say it again
list(APPEND SDKCONFIG_DEFAULTS ${CMAKE_BINARY_DIR}/sdkconfig.generated)

# The app carries the checksum of its ELF file, and that file the paths of its sources: wherever the
# tree lies, they read the same.
get_filename_component(BOARD_TREE ${MICROPY_BOARD_DIR}/../.. ABSOLUTE)
get_filename_component(BOARD_MICROPYTHON ${CMAKE_SOURCE_DIR}/../.. REALPATH)
add_compile_options(
    -ffile-prefix-map=${BOARD_TREE}=/modcore
    -ffile-prefix-map=${BOARD_MICROPYTHON}=/micropython
)
