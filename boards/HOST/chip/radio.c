#include "radio.h"

#include <string.h>

// The only address at which this computer's other programs find the station.
static const radio_ip_t loopback = {{127, 0, 0, 1}, {255, 0, 0, 0}, {127, 0, 0, 1}, {127, 0, 0, 1}};

void radio_init(radio_t *radio, const uint8_t mac[6]) {
    memset(radio, 0, sizeof(*radio));
    memcpy(radio->station.mac, mac, 6);
    radio_access_point_t *access_point = &radio->access_point;
    memcpy(access_point->mac, mac, 6);
    access_point->mac[5]++;
    access_point->channel = 1;
    access_point->max_clients = 4;
    access_point->ip =
        (radio_ip_t){{192, 168, 4, 1}, {255, 255, 255, 0}, {192, 168, 4, 1}, {192, 168, 4, 1}};
    static const char digits[] = "0123456789ABCDEF";
    memcpy(access_point->ssid, "ESP_", 4);
    for (int i = 0; i < 6; i++) {
        uint8_t byte = access_point->mac[3 + i / 2];
        access_point->ssid[4 + i] = (uint8_t)digits[i % 2 == 0 ? byte >> 4 : byte & 15];
    }
    access_point->ssid_length = 10;
}

static void enter(radio_station_t *station, enum radio_phase phase, uint32_t start, uint32_t ms) {
    station->phase = (uint8_t)phase;
    station->phase_end = start + ms;
}

void radio_station_switch(radio_t *radio, bool on) {
    radio_station_t *station = &radio->station;
    if (station->is_on == on) {
        return;
    }
    station->is_on = on;
    station->phase = RADIO_IDLE;
    if (on) {
        station->tries = 0;
    } else if (station->wanted) {
        station->wanted = false;
        station->reason = RADIO_REASON_ASSOC_LEAVE;
    }
}

void radio_connect(radio_t *radio, uint32_t now) {
    radio->station.wanted = true;
    radio->station.tries = 0;
    enter(&radio->station, RADIO_SEARCHING, now, RADIO_SEARCH_MS);
}

void radio_disconnect(radio_t *radio) {
    radio_station_t *station = &radio->station;
    if (station->phase != RADIO_IDLE) {
        station->reason = RADIO_REASON_ASSOC_LEAVE;
    }
    station->wanted = false;
    station->phase = RADIO_IDLE;
}

// The first on the channels' order, as the chips look for one: not the strongest.
static const air_point_t *find(const radio_station_t *station, const air_t *air) {
    const air_point_t *found = NULL;
    for (size_t i = 0; i < AIR_POINTS_MAX; i++) {
        const air_point_t *point = &air->points[i];
        if (air_is_called(point, station->ssid, station->ssid_length) && air_reaches(point) &&
            (!station->has_target_bssid ||
             memcmp(point->bssid, station->target_bssid, sizeof(point->bssid)) == 0) &&
            (found == NULL || point->channel < found->channel)) {
            found = point;
        }
    }
    return found;
}

static const air_point_t *joined(const radio_station_t *station, const air_t *air) {
    for (size_t i = 0; i < AIR_POINTS_MAX; i++) {
        if (air->points[i].id == station->point_id && air_reaches(&air->points[i])) {
            return &air->points[i];
        }
    }
    return NULL;
}

// The connection has ended, or did not come about.
static void fail(radio_station_t *station, enum radio_reason reason, uint32_t now) {
    station->reason = (uint16_t)reason;
    station->phase = RADIO_IDLE;
    if (station->wanted && (station->tries_max == 0 || ++station->tries < station->tries_max)) {
        enter(station, RADIO_SEARCHING, now, RADIO_SEARCH_MS);
    }
}

static void search(radio_station_t *station, const air_t *air, uint32_t now) {
    const air_point_t *point = find(station, air);
    if (point == NULL) {
        fail(station, RADIO_REASON_NO_AP_FOUND, now);
    } else if (point->security != AIR_OPEN && station->key[0] == '\0') {
        fail(station, RADIO_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY, now);
    } else if (point->security == AIR_OPEN && station->refuses_open) {
        fail(station, RADIO_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD, now);
    } else {
        station->point_id = point->id;
        station->channel = point->channel;
        memcpy(station->bssid, point->bssid, sizeof(station->bssid));
        enter(station, RADIO_JOINING, station->phase_end, RADIO_JOIN_MS);
    }
}

static void join(radio_station_t *station, const air_point_t *point, uint32_t now) {
    if (point->security != AIR_OPEN && strcmp(point->key, station->key) != 0) {
        fail(station, RADIO_REASON_AUTH_FAIL, now);
    } else {
        uint32_t ms = station->is_static ? 0 : RADIO_DHCP_MS;
        enter(station, RADIO_ADDRESSING, station->phase_end, ms);
    }
}

// One step. Returns false when nothing is due.
static bool step(radio_station_t *station, const air_t *air, uint32_t now) {
    if (station->phase == RADIO_IDLE) {
        return false;
    }
    bool is_due = (int32_t)(now - station->phase_end) >= 0;
    if (station->phase == RADIO_SEARCHING) {
        if (is_due) {
            search(station, air, now);
        }
        return is_due;
    }
    const air_point_t *point = joined(station, air);
    if (point == NULL) {
        fail(station, RADIO_REASON_BEACON_TIMEOUT, now);
        return true;
    }
    station->rssi = point->rssi;
    if (station->phase == RADIO_UP || !is_due) {
        return false;
    }
    if (station->phase == RADIO_JOINING) {
        join(station, point, now);
        return true;
    }
    if (!station->is_static && !point->dhcp) {
        return false;
    }
    station->phase = RADIO_UP;
    station->reason = RADIO_REASON_NONE;
    return true;
}

void radio_update(radio_t *radio, const air_t *air, uint32_t now) {
    while (step(&radio->station, air, now)) {
    }
}

radio_ip_t radio_station_ip(const radio_t *radio) {
    const radio_station_t *station = &radio->station;
    radio_ip_t ip = {{0}, {0}, {0}, {0}};
    if (station->is_static) {
        ip = station->fixed;
    } else if (station->phase == RADIO_UP) {
        ip = loopback;
        if (station->fixed.dns[0] != 0) {
            memcpy(ip.dns, station->fixed.dns, sizeof(ip.dns));
        }
    }
    return ip;
}

size_t radio_client_count(const radio_t *radio, const air_t *air) {
    if (!radio->access_point.is_on) {
        return 0;
    }
    size_t most = radio->access_point.max_clients;
    return air->station_count < most ? air->station_count : most;
}
