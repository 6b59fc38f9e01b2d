// ESP-NOW. See ../README.md.
#pragma once

#include "c_types.h"

enum { ESP_NOW_ROLE_COMBO = 3 };

int esp_now_init(void);
int esp_now_deinit(void);
int esp_now_register_send_cb(void (*callback)(u8 *mac, u8 status));
int esp_now_register_recv_cb(void (*callback)(u8 *mac, u8 *data, u8 size));
int esp_now_send(u8 *mac, u8 *data, int size);
int esp_now_add_peer(u8 *mac, u8 role, u8 channel, u8 *key, u8 key_size);
int esp_now_del_peer(u8 *mac);
int esp_now_set_self_role(u8 role);
int esp_now_set_kok(u8 *key, u8 size);
