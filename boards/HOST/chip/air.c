#include "air.h"

#include <string.h>

void air_init(air_t *air) {
    static const air_point_t host = {
        .rssi = -50,
        .ssid_length = 4,
        .channel = 1,
        .security = AIR_OPEN,
        .dhcp = 1,
        .bssid = {0x02, 0x00, 0x00, 0x00, 0x00, 0x01},
        .ssid = {'H', 'O', 'S', 'T'},
    };
    memset(air, 0, sizeof(*air));
    air_add(air, &host);
}

void air_begin(air_t *air) {
    __atomic_store_n(&air->version, air->version + 1, __ATOMIC_SEQ_CST);
}

void air_end(air_t *air) {
    __atomic_store_n(&air->version, air->version + 1, __ATOMIC_SEQ_CST);
}

bool air_add(air_t *air, const air_point_t *point) {
    for (size_t i = 0; i < AIR_POINTS_MAX; i++) {
        if (air->points[i].id == 0) {
            air->points[i] = *point;
            air->points[i].id = ++air->last_id;
            return true;
        }
    }
    return false;
}

void air_read(const air_t *air, air_t *copy) {
    uint32_t version;
    do {
        version = __atomic_load_n(&air->version, __ATOMIC_SEQ_CST);
        memcpy(copy, air, sizeof(*copy));
    } while (version % 2 != 0 || version != __atomic_load_n(&air->version, __ATOMIC_SEQ_CST));
}

bool air_is_called(const air_point_t *point, const uint8_t *ssid, size_t length) {
    return point->id != 0 && point->ssid_length == length && memcmp(point->ssid, ssid, length) == 0;
}

bool air_reaches(const air_point_t *point) {
    return point->id != 0 && point->rssi >= AIR_RSSI_MIN;
}
