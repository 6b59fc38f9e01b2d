// Commands of the control channel about the air.
//
// An SSID names every access point that is called so. security is open, wep, wpa, wpa2, wpa3,
// wpa/wpa2 or wpa2/wpa3; without it, wpa2 for one with a key. What `air state` tells of the radio
// is what the program knew when it last asked.

#ifndef HOST_CHIP_AIR_COMMANDS_H
#define HOST_CHIP_AIR_COMMANDS_H

#include "chip/commands.h"

#define AIR_COMMANDS_HELP                                                                          \
    "  air add SSID [key=KEY] [rssi=DBM] [channel=N] [security=NAME] [bssid=MAC] [hidden]\n"       \
    "  air remove|rssi|dhcp SSID|BSSID [DBM|on|off]\n"                                             \
    "                     change an access point: take it away, its strength, its addresses\n"     \
    "  air join|leave MAC a station uses the chip's own access point, or not\n"                    \
    "  air list           the access points within reach\n"                                        \
    "  air state          the chip's radio\n"

enum command_result command_air(const command_t *command);

#endif
