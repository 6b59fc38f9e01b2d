#define _POSIX_C_SOURCE 200809L

#include "air_commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WEAKEST_DBM (-120)

static const struct {
    const char *name;
    enum air_security security;
} securities[] = {
    {"open", AIR_OPEN},           {"wep", AIR_WEP},   {"wpa", AIR_WPA},
    {"wpa2", AIR_WPA2},           {"wpa3", AIR_WPA3}, {"wpa/wpa2", AIR_WPA_WPA2},
    {"wpa2/wpa3", AIR_WPA2_WPA3},
};
#define SECURITY_COUNT (sizeof(securities) / sizeof(securities[0]))

typedef struct {
    char *text;
    size_t size;
    size_t used;
} reply_t;

static void say(reply_t *reply, const char *format, ...) {
    if (reply->used >= reply->size) {
        return;
    }
    va_list args;
    va_start(args, format);
    int length = vsnprintf(reply->text + reply->used, reply->size - reply->used, format, args);
    va_end(args);
    reply->used += length < 0 ? 0 : (size_t)length;
}

static bool refuse(reply_t *reply, const char *what, const char *word) {
    reply->used = 0;
    say(reply, "%s%s", what, word);
    return false;
}

static bool parse_number(const char *text, long least, long most, long *value) {
    char *end;
    *value = strtol(text, &end, 10);
    return end != text && *end == '\0' && *value >= least && *value <= most;
}

static bool parse_mac(const char *text, uint8_t mac[6]) {
    for (int i = 0; i < 6; i++) {
        unsigned byte;
        int length = 0;
        if (sscanf(text, "%2x%n", &byte, &length) != 1 || length != 2) {
            return false;
        }
        mac[i] = (uint8_t)byte;
        text += length;
        if (*text++ != (i < 5 ? ':' : '\0')) {
            return false;
        }
    }
    return true;
}

static bool parse_security(const char *text, uint8_t *security) {
    for (size_t i = 0; i < SECURITY_COUNT; i++) {
        if (strcmp(securities[i].name, text) == 0) {
            *security = (uint8_t)securities[i].security;
            return true;
        }
    }
    return false;
}

static const char *security_name(uint8_t security) {
    for (size_t i = 0; i < SECURITY_COUNT; i++) {
        if (securities[i].security == security) {
            return securities[i].name;
        }
    }
    return "?";
}

static void say_mac(reply_t *reply, const uint8_t mac[6]) {
    say(reply, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

// One `key=value` of add. Returns false when it is wrong.
static bool set_option(air_point_t *point, const char *word) {
    long number;
    if (strcmp(word, "hidden") == 0) {
        point->hidden = true;
        return true;
    }
    if (strncmp(word, "key=", 4) == 0) {
        if (strlen(word + 4) > AIR_KEY_MAX) {
            return false;
        }
        strcpy(point->key, word + 4);
        return true;
    }
    if (strncmp(word, "rssi=", 5) == 0) {
        if (!parse_number(word + 5, WEAKEST_DBM, 0, &number)) {
            return false;
        }
        point->rssi = (int32_t)number;
        return true;
    }
    if (strncmp(word, "channel=", 8) == 0) {
        if (!parse_number(word + 8, 1, AIR_CHANNEL_MAX, &number)) {
            return false;
        }
        point->channel = (uint8_t)number;
        return true;
    }
    if (strncmp(word, "security=", 9) == 0) {
        return parse_security(word + 9, &point->security);
    }
    return strncmp(word, "bssid=", 6) == 0 && parse_mac(word + 6, point->bssid);
}

static bool add(air_t *air, int words, char **word, reply_t *reply) {
    if (words < 2 || strlen(word[1]) > AIR_SSID_MAX) {
        return refuse(reply, "add wants an SSID of up to 32 bytes", "");
    }
    uint32_t id = air->last_id + 1;
    air_point_t point = {
        .rssi = -50,
        .channel = 1,
        .security = UINT8_MAX,
        .dhcp = true,
        .bssid = {0x02, 0, (uint8_t)(id >> 24), (uint8_t)(id >> 16), (uint8_t)(id >> 8),
                  (uint8_t)id},
    };
    point.ssid_length = (uint8_t)strlen(word[1]);
    memcpy(point.ssid, word[1], point.ssid_length);
    for (int i = 2; i < words; i++) {
        if (!set_option(&point, word[i])) {
            return refuse(reply, "wrong option ", word[i]);
        }
    }
    if (point.security == UINT8_MAX) {
        point.security = point.key[0] == '\0' ? AIR_OPEN : AIR_WPA2;
    }
    if (point.security != AIR_OPEN && point.key[0] == '\0') {
        return refuse(reply, "security needs key=", "");
    }
    air_begin(air);
    bool done = air_add(air, &point);
    air_end(air);
    return done || refuse(reply, "there are too many access points", "");
}

static bool is_meant(const air_point_t *point, const char *name) {
    uint8_t bssid[6];
    return air_is_called(point, (const uint8_t *)name, strlen(name)) ||
           (point->id != 0 && parse_mac(name, bssid) &&
            memcmp(bssid, point->bssid, sizeof(bssid)) == 0);
}

// remove, rssi and dhcp.
static bool change(air_t *air, int words, char **word, reply_t *reply) {
    bool is_remove = strcmp(word[0], "remove") == 0;
    bool is_rssi = strcmp(word[0], "rssi") == 0;
    if (words != (is_remove ? 2 : 3)) {
        return refuse(reply, "wrong number of words after ", word[0]);
    }
    long rssi = 0;
    if (is_rssi && !parse_number(word[2], WEAKEST_DBM, 0, &rssi)) {
        return refuse(reply, "rssi is from -120 to 0 dBm, not ", word[2]);
    }
    bool on = words == 3 && strcmp(word[2], "on") == 0;
    if (!is_remove && !is_rssi && !on && strcmp(word[2], "off") != 0) {
        return refuse(reply, "dhcp is on or off, not ", word[2]);
    }
    int found = 0;
    air_begin(air);
    for (size_t i = 0; i < AIR_POINTS_MAX; i++) {
        air_point_t *point = &air->points[i];
        if (!is_meant(point, word[1])) {
            continue;
        }
        found++;
        if (is_remove) {
            memset(point, 0, sizeof(*point));
        } else if (is_rssi) {
            point->rssi = (int32_t)rssi;
        } else {
            point->dhcp = on;
        }
    }
    air_end(air);
    return found != 0 || refuse(reply, "there is no access point ", word[1]);
}

static uint8_t *find_station(air_t *air, const uint8_t mac[6]) {
    for (size_t i = 0; i < air->station_count; i++) {
        if (memcmp(air->stations[i], mac, 6) == 0) {
            return air->stations[i];
        }
    }
    return NULL;
}

// join and leave.
static bool move_station(air_t *air, int words, char **word, reply_t *reply) {
    uint8_t mac[6];
    if (words != 2 || !parse_mac(word[1], mac)) {
        return refuse(reply, "a MAC address as 02:00:00:00:00:07 is wanted after ", word[0]);
    }
    uint8_t *station = find_station(air, mac);
    bool joins = strcmp(word[0], "join") == 0;
    if (joins ? station != NULL || air->station_count == AIR_STATIONS_MAX : station == NULL) {
        return refuse(reply,
                      joins ? "it is there, or there are too many: " : "there is no station ",
                      word[1]);
    }
    air_begin(air);
    if (joins) {
        memcpy(air->stations[air->station_count++], mac, 6);
    } else {
        memcpy(station, air->stations[--air->station_count], 6);
    }
    air_end(air);
    return true;
}

static void list(const air_t *air, reply_t *reply) {
    for (size_t i = 0; i < AIR_POINTS_MAX; i++) {
        const air_point_t *point = &air->points[i];
        if (point->id == 0) {
            continue;
        }
        say(reply, "%s%.*s bssid=", reply->used == 0 ? "" : "; ", (int)point->ssid_length,
            (const char *)point->ssid);
        say_mac(reply, point->bssid);
        say(reply, " rssi=%d channel=%d security=%s%s%s", (int)point->rssi, point->channel,
            security_name(point->security), point->hidden ? " hidden" : "",
            point->dhcp ? "" : " dhcp=off");
    }
}

static void state(const air_t *air, const radio_t *radio, reply_t *reply) {
    static const char *const phases[] = {"idle", "searching", "joining", "addressing", "up"};
    const radio_station_t *station = &radio->station;
    say(reply, "station=%s", !station->is_on ? "off" : phases[station->phase % 5]);
    if (station->is_on && station->phase != RADIO_IDLE) {
        say(reply, " ssid=%.*s", (int)station->ssid_length, (const char *)station->ssid);
        if (station->phase > RADIO_SEARCHING) {
            say(reply, " bssid=");
            say_mac(reply, station->bssid);
        }
    }
    radio_ip_t ip = radio_station_ip(radio);
    say(reply, " ip=%u.%u.%u.%u reason=%u; ", ip.address[0], ip.address[1], ip.address[2],
        ip.address[3], station->reason);
    const radio_access_point_t *point = &radio->access_point;
    say(reply, "access_point=%s", point->is_on ? "on" : "off");
    if (point->is_on) {
        say(reply,
            " ssid=%.*s security=%s key=%s channel=%u max_clients=%u hidden=%u ip=%u.%u.%u.%u",
            (int)point->ssid_length, (const char *)point->ssid, security_name(point->security),
            point->key, point->channel, point->max_clients, point->hidden, point->ip.address[0],
            point->ip.address[1], point->ip.address[2], point->ip.address[3]);
        say(reply, " clients=%u", (unsigned)radio_client_count(radio, air));
    }
}

enum command_result command_air(const command_t *command) {
    air_t *air = &command->registers->air;
    // What stands before an answer is taken off WORLD_LINE_SIZE later.
    reply_t reply = {command->answer, WORLD_LINE_SIZE - 16, 0};
    int words = command->count - 1;
    char **word = command->words + 1;
    const char *what = words == 0 ? "" : word[0];
    bool done = true;
    if (strcmp(what, "add") == 0) {
        done = add(air, words, word, &reply);
    } else if (strcmp(what, "remove") == 0 || strcmp(what, "rssi") == 0 ||
               strcmp(what, "dhcp") == 0) {
        done = change(air, words, word, &reply);
    } else if (strcmp(what, "join") == 0 || strcmp(what, "leave") == 0) {
        done = move_station(air, words, word, &reply);
    } else if (strcmp(what, "list") == 0) {
        list(air, &reply);
    } else if (strcmp(what, "state") == 0) {
        state(air, &command->registers->radio, &reply);
    } else {
        done =
            refuse(&reply, "air add, remove, rssi, dhcp, join, leave, list or state, not ", what);
    }
    return done ? COMMAND_OK : COMMAND_ERROR;
}
