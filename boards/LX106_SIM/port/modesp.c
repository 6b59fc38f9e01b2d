// The esp module: the flash chip, which is a file, and room for native code.

#include <string.h>

#include "port/simcall.h"
#include "py/mperrno.h"
#include "py/persistentcode.h"
#include "py/runtime.h"

#define SECTOR_SIZE (4096)

extern uint32_t _firmware_size, _native_code_start, _iram_end;

static uint8_t sector_bytes[SECTOR_SIZE];

// Returns the descriptor, positioned; raises OSError outside of the chip.
static int flash_at(uint32_t offset, size_t length) {
    int fd = sim_option("flash", -1);
    if (fd < 0) {
        mp_raise_OSError(MP_EIO);
    }
    uint32_t size = sim_size(fd);
    if (offset > size || length > size - offset) {
        mp_raise_OSError(MP_EIO);
    }
    sim_seek(fd, offset);
    return fd;
}

static mp_obj_t esp_flash_read(mp_obj_t offset_in, mp_obj_t buffer_in) {
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(buffer_in, &buffer, MP_BUFFER_WRITE);
    int fd = flash_at((uint32_t)mp_obj_get_int(offset_in), buffer.len);
    if (!sim_read_all(fd, buffer.buf, buffer.len)) {
        mp_raise_OSError(MP_EIO);
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(esp_flash_read_obj, esp_flash_read);

// Programming clears bits, and nothing else.
static mp_obj_t esp_flash_write(mp_obj_t offset_in, mp_obj_t data_in) {
    mp_buffer_info_t data;
    mp_get_buffer_raise(data_in, &data, MP_BUFFER_READ);
    if (data.len % 4 != 0) {
        mp_raise_ValueError(MP_ERROR_TEXT("len must be multiple of 4"));
    }
    uint32_t offset = (uint32_t)mp_obj_get_int(offset_in);
    for (size_t done = 0; done < data.len;) {
        size_t length = MIN(data.len - done, SECTOR_SIZE);
        int fd = flash_at(offset + done, length);
        sim_read_all(fd, sector_bytes, length);
        for (size_t i = 0; i < length; i++) {
            sector_bytes[i] &= ((uint8_t *)data.buf)[done + i];
        }
        sim_seek(fd, offset + done);
        sim_write_all(fd, sector_bytes, length);
        done += length;
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(esp_flash_write_obj, esp_flash_write);

static mp_obj_t esp_flash_erase(mp_obj_t sector) {
    int fd = flash_at((uint32_t)mp_obj_get_int(sector) * SECTOR_SIZE, SECTOR_SIZE);
    memset(sector_bytes, 0xff, SECTOR_SIZE);
    sim_write_all(fd, sector_bytes, SECTOR_SIZE);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(esp_flash_erase_obj, esp_flash_erase);

static mp_obj_t esp_flash_size(void) {
    return mp_obj_new_int_from_uint(sim_size(flash_at(0, 0)));
}
static MP_DEFINE_CONST_FUN_OBJ_0(esp_flash_size_obj, esp_flash_size);

static mp_obj_t esp_flash_user_start(void) {
    return MP_OBJ_NEW_SMALL_INT((mp_int_t)&_firmware_size);
}
static MP_DEFINE_CONST_FUN_OBJ_0(esp_flash_user_start_obj, esp_flash_user_start);

// Native code goes behind what the firmware has in IRAM, and stays until the next soft reset.
static uint32_t *native_code_end;

void esp_native_code_init(void) {
    native_code_end = &_native_code_start;
}

void *esp_native_code_commit(void *code, size_t length, void *relocation) {
    size_t words = (length + 3) / 4;
    if (words > (size_t)(&_iram_end - native_code_end)) {
        mp_raise_msg_varg(&mp_type_MemoryError,
                          MP_ERROR_TEXT("memory allocation failed, allocating %u bytes"),
                          (unsigned)length);
    }
    uint32_t *start = native_code_end;
    if (relocation != NULL) {
        mp_native_relocate(relocation, code, (uintptr_t)start);
    }
    for (size_t i = 0; i < words; i++) {
        start[i] = ((const uint32_t *)code)[i];
    }
    native_code_end += words;
    return start;
}

static const mp_rom_map_elem_t esp_globals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_esp)},
    {MP_ROM_QSTR(MP_QSTR_flash_read), MP_ROM_PTR(&esp_flash_read_obj)},
    {MP_ROM_QSTR(MP_QSTR_flash_write), MP_ROM_PTR(&esp_flash_write_obj)},
    {MP_ROM_QSTR(MP_QSTR_flash_erase), MP_ROM_PTR(&esp_flash_erase_obj)},
    {MP_ROM_QSTR(MP_QSTR_flash_size), MP_ROM_PTR(&esp_flash_size_obj)},
    {MP_ROM_QSTR(MP_QSTR_flash_user_start), MP_ROM_PTR(&esp_flash_user_start_obj)},
};
static MP_DEFINE_CONST_DICT(esp_globals, esp_globals_table);

const mp_obj_module_t esp_module = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&esp_globals,
};
MP_REGISTER_MODULE(MP_QSTR_esp, esp_module);
