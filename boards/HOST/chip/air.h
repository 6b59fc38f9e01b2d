// The air around the chip: the access points within reach, and the stations that look for one.
//
// The boot loader keeps it across resets, and changes it while the program runs. Like the registers
// it has fields of fixed width and offset.

#ifndef HOST_CHIP_AIR_H
#define HOST_CHIP_AIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AIR_POINTS_MAX (16)
#define AIR_STATIONS_MAX (8)
#define AIR_SSID_MAX (32)
#define AIR_KEY_MIN (8)
#define AIR_KEY_MAX (63)
#define AIR_CHANNEL_MAX (13)
// Weaker than this nothing is heard, dBm.
#define AIR_RSSI_MIN (-95)

// What network.WLAN calls security, or authmode.
enum air_security {
    AIR_OPEN = 0,
    AIR_WEP = 1,
    AIR_WPA = 2,
    AIR_WPA2 = 3,
    AIR_WPA_WPA2 = 4,
    AIR_WPA3 = 6,
    AIR_WPA2_WPA3 = 7,
};

typedef struct {
    uint32_t id; // 0: no access point; none gets the id of one that has gone
    int32_t rssi;
    uint8_t ssid_length;
    uint8_t channel;
    uint8_t security; // enum air_security
    uint8_t hidden;
    uint8_t dhcp; // 0: gives no addresses
    uint8_t bssid[6];
    uint8_t ssid[AIR_SSID_MAX];
    char key[AIR_KEY_MAX + 1];
} air_point_t;

typedef struct {
    uint32_t version; // odd while it is being changed
    uint32_t last_id;
    air_point_t points[AIR_POINTS_MAX];
    // Stations that join the chip's own access point as soon as it is up.
    uint32_t station_count;
    uint8_t stations[AIR_STATIONS_MAX][6];
} air_t;

// Air with one open access point, HOST.
void air_init(air_t *air);

// Encloses a change.
void air_begin(air_t *air);
void air_end(air_t *air);

// Adds an access point like *point, but with an id of its own. Returns false when there are too
// many.
bool air_add(air_t *air, const air_point_t *point);

// Copies the air as it is between two changes.
void air_read(const air_t *air, air_t *copy);

bool air_is_called(const air_point_t *point, const uint8_t *ssid, size_t length);

// Whether the chip can hear it.
bool air_reaches(const air_point_t *point);

#endif
