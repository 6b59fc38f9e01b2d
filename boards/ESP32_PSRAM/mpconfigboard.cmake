set(IDF_TARGET esp32)

set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest.py)
list(APPEND USER_C_MODULES ${MICROPY_BOARD_DIR}/../common/main_py/micropython.cmake)

# Both live in git submodules of MicroPython, which not every source of its tree has. Nothing of
# ours uses them; the rules only ask for a folder with a README.md.
set(MICROPY_PY_BTREE OFF)
get_filename_component(MICROPY_LIB_DIR ${CMAKE_SOURCE_DIR}/../../lib ABSOLUTE)

# What Kconfig cannot say by itself: where this board's table is, and the firmware's version.
set(BOARD_VERSION_FILE ${MICROPY_BOARD_DIR}/../../frozen/modcore/version.py)
file(STRINGS ${BOARD_VERSION_FILE} BOARD_VERSION_LINE REGEX "^VERSION = ")
string(REGEX REPLACE "^VERSION = \"(.*)\"$" "\\1" BOARD_VERSION "${BOARD_VERSION_LINE}")
file(WRITE ${CMAKE_BINARY_DIR}/sdkconfig.generated
    "CONFIG_PARTITION_TABLE_CUSTOM_FILENAME=\"${MICROPY_BOARD_DIR}/partitions.csv\"\n"
    "CONFIG_APP_PROJECT_VER=\"${BOARD_VERSION}\"\n"
)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${BOARD_VERSION_FILE})

set(SDKCONFIG_DEFAULTS
    boards/sdkconfig.base
    boards/sdkconfig.240mhz
    boards/sdkconfig.spiram
    ${MICROPY_BOARD_DIR}/sdkconfig.board
    ${CMAKE_BINARY_DIR}/sdkconfig.generated
)
