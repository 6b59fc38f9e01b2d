// esp32.Partition: MicroPython's documented interface over the emulated flash.

#include <string.h>

#include "chip/app_image.h"
#include "chip/otadata.h"
#include "extmod/vfs.h"
#include "port/hardware.h"
#include "port/modesp32.h"
#include "py/mperrno.h"
#include "py/runtime.h"

enum {
    PARTITION_BOOT,
    PARTITION_RUNNING,
};

typedef struct {
    mp_obj_base_t base;
    const partition_t *partition;
    uint8_t *cache; // one sector, when blocks are smaller than that
    uint16_t block_size;
} esp32_partition_obj_t;

static mp_obj_t partition_new(const partition_t *partition, mp_int_t block_size) {
    if (partition == NULL) {
        mp_raise_OSError(MP_ENOENT);
    }
    if (block_size <= 0 || block_size > UINT16_MAX) {
        mp_raise_ValueError(NULL);
    }
    esp32_partition_obj_t *self = mp_obj_malloc(esp32_partition_obj_t, &esp32_partition_type);
    self->partition = partition;
    self->block_size = (uint16_t)block_size;
    self->cache = block_size < FLASH_SECTOR_SIZE ? m_new(uint8_t, FLASH_SECTOR_SIZE) : NULL;
    return MP_OBJ_FROM_PTR(self);
}

static otadata_t read_otadata(void) {
    otadata_t otadata;
    check_esp_err(otadata_read(&otadata, &hardware.flash, &hardware.partitions));
    return otadata;
}

static const partition_t *boot_partition(void) {
    otadata_t otadata = read_otadata();
    return partition_ota_slot(&hardware.partitions, otadata_selected_slot(&otadata));
}

static const partition_t *running_partition(void) {
    const partition_t *partition = NULL;
    do {
        partition = partition_find(&hardware.partitions, PARTITION_TYPE_APP, PARTITION_SUBTYPE_ANY,
                                   NULL, partition);
    } while (partition != NULL && partition->address != hardware.registers->running_app);
    return partition;
}

static const partition_t *partition_with_label(const char *label) {
    const partition_table_t *table = &hardware.partitions;
    const partition_t *partition =
        partition_find(table, PARTITION_TYPE_APP, PARTITION_SUBTYPE_ANY, label, NULL);
    if (partition == NULL) {
        partition = partition_find(table, PARTITION_TYPE_DATA, PARTITION_SUBTYPE_ANY, label, NULL);
    }
    return partition;
}

static void partition_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    (void)kind;
    const esp32_partition_obj_t *self = MP_OBJ_TO_PTR(self_in);
    const partition_t *partition = self->partition;
    mp_printf(print, "<Partition type=%u, subtype=%u, address=%u, size=%u, label=%s, encrypted=%u>",
              partition->type, partition->subtype, (unsigned)partition->address,
              (unsigned)partition->size, partition->label, (unsigned)partition->flags & 1);
}

// Partition(id, block_size=4096): id is BOOT, RUNNING or a label.
static mp_obj_t partition_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                                   const mp_obj_t *args) {
    (void)type;
    mp_arg_check_num(n_args, n_kw, 1, 2, false);
    const partition_t *partition;
    if (!mp_obj_is_int(args[0])) {
        partition = partition_with_label(mp_obj_str_get_str(args[0]));
    } else if (mp_obj_get_int(args[0]) == PARTITION_BOOT) {
        partition = boot_partition();
    } else if (mp_obj_get_int(args[0]) == PARTITION_RUNNING) {
        partition = running_partition();
    } else {
        mp_raise_ValueError(NULL);
    }
    return partition_new(partition, n_args == 2 ? mp_obj_get_int(args[1]) : FLASH_SECTOR_SIZE);
}

// find(type=TYPE_APP, subtype=0xff, label=None, block_size=4096)
static mp_obj_t partition_find_all(size_t n_args, const mp_obj_t *pos_args, mp_map_t *kw_args) {
    enum { ARG_type, ARG_subtype, ARG_label, ARG_block_size };
    static const mp_arg_t allowed_args[] = {
        {MP_QSTR_type, MP_ARG_INT, {.u_int = PARTITION_TYPE_APP}},
        {MP_QSTR_subtype, MP_ARG_INT, {.u_int = PARTITION_SUBTYPE_ANY}},
        {MP_QSTR_label, MP_ARG_OBJ, {.u_rom_obj = MP_ROM_NONE}},
        {MP_QSTR_block_size, MP_ARG_INT, {.u_int = FLASH_SECTOR_SIZE}},
    };
    mp_arg_val_t args[MP_ARRAY_SIZE(allowed_args)];
    mp_arg_parse_all(n_args, pos_args, kw_args, MP_ARRAY_SIZE(allowed_args), allowed_args, args);
    const char *label = NULL;
    if (args[ARG_label].u_obj != mp_const_none) {
        label = mp_obj_str_get_str(args[ARG_label].u_obj);
    }
    mp_obj_t list = mp_obj_new_list(0, NULL);
    const partition_t *partition = NULL;
    for (;;) {
        partition = partition_find(&hardware.partitions, (uint8_t)args[ARG_type].u_int,
                                   (uint8_t)args[ARG_subtype].u_int, label, partition);
        if (partition == NULL) {
            return list;
        }
        mp_obj_list_append(list, partition_new(partition, args[ARG_block_size].u_int));
    }
}
static MP_DEFINE_CONST_FUN_OBJ_KW(partition_find_fun_obj, 0, partition_find_all);
static MP_DEFINE_CONST_STATICMETHOD_OBJ(partition_find_obj, MP_ROM_PTR(&partition_find_fun_obj));

static mp_obj_t partition_info(mp_obj_t self_in) {
    const partition_t *partition = ((esp32_partition_obj_t *)MP_OBJ_TO_PTR(self_in))->partition;
    mp_obj_t items[] = {
        MP_OBJ_NEW_SMALL_INT(partition->type),        MP_OBJ_NEW_SMALL_INT(partition->subtype),
        mp_obj_new_int_from_uint(partition->address), mp_obj_new_int_from_uint(partition->size),
        mp_obj_new_str_from_cstr(partition->label),   mp_obj_new_bool(partition->flags & 1),
    };
    return mp_obj_new_tuple(MP_ARRAY_SIZE(items), items);
}
static MP_DEFINE_CONST_FUN_OBJ_1(partition_info_obj, partition_info);

// readblocks(block, buffer[, offset])
static mp_obj_t partition_readblocks(size_t n_args, const mp_obj_t *args) {
    const esp32_partition_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    uint32_t offset = (uint32_t)mp_obj_get_int(args[1]) * self->block_size;
    if (n_args == 4) {
        offset += (uint32_t)mp_obj_get_int(args[3]);
    }
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(args[2], &buffer, MP_BUFFER_WRITE);
    check_esp_err(
        partition_read(&hardware.flash, self->partition, offset, buffer.buf, (uint32_t)buffer.len));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(partition_readblocks_obj, 3, 4, partition_readblocks);

// Writes over what is there, erasing sectors; keeps what is beside it in them.
static void rewrite(const esp32_partition_obj_t *self, uint32_t offset, const uint8_t *data,
                    uint32_t length) {
    flash_t *flash = &hardware.flash;
    const partition_t *partition = self->partition;
    while (length > 0) {
        uint32_t within = offset % FLASH_SECTOR_SIZE;
        uint32_t sector = offset - within;
        uint32_t part = MIN(length, FLASH_SECTOR_SIZE - within);
        const uint8_t *content = data;
        if (part < FLASH_SECTOR_SIZE) {
            if (self->cache == NULL) {
                check_esp_err(ESP_ERR_INVALID_SIZE);
            }
            check_esp_err(partition_read(flash, partition, sector, self->cache, FLASH_SECTOR_SIZE));
            memcpy(&self->cache[within], data, part);
            content = self->cache;
        }
        check_esp_err(partition_erase(flash, partition, sector, FLASH_SECTOR_SIZE));
        check_esp_err(partition_write(flash, partition, sector, content, FLASH_SECTOR_SIZE));
        offset += part;
        data += part;
        length -= part;
    }
}

// writeblocks(block, buffer): erases first. writeblocks(block, buffer, offset): does not.
static mp_obj_t partition_writeblocks(size_t n_args, const mp_obj_t *args) {
    const esp32_partition_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    uint32_t offset = (uint32_t)mp_obj_get_int(args[1]) * self->block_size;
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(args[2], &buffer, MP_BUFFER_READ);
    uint32_t length = (uint32_t)buffer.len;
    if (n_args == 4) {
        offset += (uint32_t)mp_obj_get_int(args[3]);
        check_esp_err(
            partition_write(&hardware.flash, self->partition, offset, buffer.buf, length));
    } else {
        rewrite(self, offset, buffer.buf, length);
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(partition_writeblocks_obj, 3, 4, partition_writeblocks);

static mp_obj_t partition_ioctl(mp_obj_t self_in, mp_obj_t command, mp_obj_t argument) {
    const esp32_partition_obj_t *self = MP_OBJ_TO_PTR(self_in);
    switch (mp_obj_get_int(command)) {
    case MP_BLOCKDEV_IOCTL_INIT:
    case MP_BLOCKDEV_IOCTL_DEINIT:
    case MP_BLOCKDEV_IOCTL_SYNC:
        return MP_OBJ_NEW_SMALL_INT(0);
    case MP_BLOCKDEV_IOCTL_BLOCK_COUNT:
        return MP_OBJ_NEW_SMALL_INT(self->partition->size / self->block_size);
    case MP_BLOCKDEV_IOCTL_BLOCK_SIZE:
        return MP_OBJ_NEW_SMALL_INT(self->block_size);
    case MP_BLOCKDEV_IOCTL_BLOCK_ERASE:
        if (self->block_size != FLASH_SECTOR_SIZE) {
            return MP_OBJ_NEW_SMALL_INT(-MP_EINVAL);
        }
        check_esp_err(partition_erase(&hardware.flash, self->partition,
                                      (uint32_t)mp_obj_get_int(argument) * FLASH_SECTOR_SIZE,
                                      FLASH_SECTOR_SIZE));
        return MP_OBJ_NEW_SMALL_INT(0);
    default:
        return mp_const_none;
    }
}
static MP_DEFINE_CONST_FUN_OBJ_3(partition_ioctl_obj, partition_ioctl);

// The number of an app slot; -1 for any other partition.
static int slot_number(const partition_t *partition) {
    int slot = partition->subtype - PARTITION_SUBTYPE_OTA_0;
    bool is_slot = partition->type == PARTITION_TYPE_APP && slot >= 0 && slot < PARTITION_OTA_MAX;
    return is_slot ? slot : -1;
}

static mp_obj_t partition_set_boot(mp_obj_t self_in) {
    const partition_t *partition = ((esp32_partition_obj_t *)MP_OBJ_TO_PTR(self_in))->partition;
    int slot = slot_number(partition);
    app_image_t image;
    if (slot < 0 || app_image_verify(&hardware.flash, partition, &image) != NULL) {
        check_esp_err(ESP_ERR_OTA_VALIDATE_FAILED);
    }
    otadata_t otadata = read_otadata();
    check_esp_err(otadata_set_boot(&otadata, (uint32_t)slot));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(partition_set_boot_obj, partition_set_boot);

// The slot behind this one, in a ring.
static mp_obj_t partition_get_next_update(mp_obj_t self_in) {
    const esp32_partition_obj_t *self = MP_OBJ_TO_PTR(self_in);
    uint32_t next = (uint32_t)(slot_number(self->partition) + 1);
    const partition_t *partition = partition_ota_slot(&hardware.partitions, next);
    if (partition == NULL) {
        partition = partition_ota_slot(&hardware.partitions, 0);
    }
    return partition_new(partition, FLASH_SECTOR_SIZE);
}
static MP_DEFINE_CONST_FUN_OBJ_1(partition_get_next_update_obj, partition_get_next_update);

static mp_obj_t partition_mark_valid(mp_obj_t cls) {
    (void)cls;
    otadata_t otadata = read_otadata();
    check_esp_err(otadata_mark_valid(&otadata));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(partition_mark_valid_fun_obj, partition_mark_valid);
static MP_DEFINE_CONST_CLASSMETHOD_OBJ(partition_mark_valid_obj,
                                       MP_ROM_PTR(&partition_mark_valid_fun_obj));

static const mp_rom_map_elem_t partition_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_find), MP_ROM_PTR(&partition_find_obj)},
    {MP_ROM_QSTR(MP_QSTR_info), MP_ROM_PTR(&partition_info_obj)},
    {MP_ROM_QSTR(MP_QSTR_readblocks), MP_ROM_PTR(&partition_readblocks_obj)},
    {MP_ROM_QSTR(MP_QSTR_writeblocks), MP_ROM_PTR(&partition_writeblocks_obj)},
    {MP_ROM_QSTR(MP_QSTR_ioctl), MP_ROM_PTR(&partition_ioctl_obj)},
    {MP_ROM_QSTR(MP_QSTR_set_boot), MP_ROM_PTR(&partition_set_boot_obj)},
    {MP_ROM_QSTR(MP_QSTR_mark_app_valid_cancel_rollback), MP_ROM_PTR(&partition_mark_valid_obj)},
    {MP_ROM_QSTR(MP_QSTR_get_next_update), MP_ROM_PTR(&partition_get_next_update_obj)},
    {MP_ROM_QSTR(MP_QSTR_BOOT), MP_ROM_INT(PARTITION_BOOT)},
    {MP_ROM_QSTR(MP_QSTR_RUNNING), MP_ROM_INT(PARTITION_RUNNING)},
    {MP_ROM_QSTR(MP_QSTR_TYPE_APP), MP_ROM_INT(PARTITION_TYPE_APP)},
    {MP_ROM_QSTR(MP_QSTR_TYPE_DATA), MP_ROM_INT(PARTITION_TYPE_DATA)},
};
static MP_DEFINE_CONST_DICT(partition_locals, partition_locals_table);

MP_DEFINE_CONST_OBJ_TYPE(esp32_partition_type, MP_QSTR_Partition, MP_TYPE_FLAG_NONE, make_new,
                         partition_make_new, print, partition_print, locals_dict,
                         &partition_locals);
