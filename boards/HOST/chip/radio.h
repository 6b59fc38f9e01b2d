// The chip's radio: a station and an access point.
//
// Nothing runs in the background: radio_update() does what would have happened since the last call.
// Times are milliseconds of a clock that wraps. A reset clears all of it.

#ifndef HOST_CHIP_RADIO_H
#define HOST_CHIP_RADIO_H

#include "air.h"

// How long things take.
#define RADIO_SEARCH_MS (200)
#define RADIO_JOIN_MS (150)
#define RADIO_DHCP_MS (150)
// 13 channels of 120 ms each.
#define RADIO_SCAN_MS (1560)

enum radio_phase {
    RADIO_IDLE = 0,
    RADIO_SEARCHING = 1,  // for an access point
    RADIO_JOINING = 2,    // authentication and association
    RADIO_ADDRESSING = 3, // joined, without an address
    RADIO_UP = 4,
};

// Why there is no connection: numbers of ESP-IDF's wifi_err_reason_t.
enum radio_reason {
    RADIO_REASON_NONE = 0,
    RADIO_REASON_ASSOC_LEAVE = 8,
    RADIO_REASON_BEACON_TIMEOUT = 200,
    RADIO_REASON_NO_AP_FOUND = 201,
    RADIO_REASON_AUTH_FAIL = 202,
    RADIO_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY = 210,
    RADIO_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD = 211,
};

// Four addresses of four bytes each.
typedef struct {
    uint8_t address[4];
    uint8_t netmask[4];
    uint8_t gateway[4];
    uint8_t dns[4];
} radio_ip_t;

typedef struct {
    uint8_t is_on;
    uint8_t phase;  // enum radio_phase
    uint8_t wanted; // connect() was called, and disconnect() not
    uint8_t is_static;
    uint8_t refuses_open; // an access point without a key
    uint8_t reserved;
    uint16_t reason;    // enum radio_reason, of the last time that a connection ended or failed
    uint16_t tries;     // connections that have ended or failed since connect()
    uint32_t tries_max; // then it gives up; 0: never
    uint32_t phase_end;
    uint32_t point_id;
    int32_t rssi; // of the access point, dBm
    uint8_t channel;
    uint8_t bssid[6]; // of the access point
    // What to connect to.
    uint8_t ssid_length;
    uint8_t ssid[AIR_SSID_MAX];
    char key[AIR_KEY_MAX + 1];
    uint8_t has_target_bssid;
    uint8_t target_bssid[6];
    uint8_t mac[6];
    radio_ip_t fixed; // address, netmask and gateway if is_static; the name server in any case
} radio_station_t;

typedef struct {
    uint8_t is_on;
    uint8_t channel;
    uint8_t security;
    uint8_t hidden;
    uint8_t max_clients;
    uint8_t ssid_length;
    uint8_t ssid[AIR_SSID_MAX];
    char key[AIR_KEY_MAX + 1];
    uint8_t mac[6];
    radio_ip_t ip;
} radio_access_point_t;

typedef struct {
    radio_station_t station;
    radio_access_point_t access_point;
} radio_t;

// A radio that is off. mac: the chip's.
void radio_init(radio_t *radio, const uint8_t mac[6]);

void radio_station_switch(radio_t *radio, bool on);

// Starts to connect to what the station's fields say.
void radio_connect(radio_t *radio, uint32_t now);
void radio_disconnect(radio_t *radio);

void radio_update(radio_t *radio, const air_t *air, uint32_t now);

// The station's address as it is now: all zero without one.
radio_ip_t radio_station_ip(const radio_t *radio);

// How many stations have joined the access point.
size_t radio_client_count(const radio_t *radio, const air_t *air);

#endif
