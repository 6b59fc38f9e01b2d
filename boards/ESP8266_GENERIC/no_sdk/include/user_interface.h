// The system and its radio. See ../README.md.
#pragma once

#include <lwip/ip4_addr.h>
#include "queue.h"

#include "gpio.h"
#include "os_type.h"
#include "spi_flash.h"

// System

enum rst_reason {
    REASON_DEFAULT_RST,
    REASON_WDT_RST,
    REASON_EXCEPTION_RST,
    REASON_SOFT_WDT_RST,
    REASON_SOFT_RESTART,
    REASON_DEEP_SLEEP_AWAKE,
    REASON_EXT_SYS_RST
};

struct rst_info {
    uint32 reason;
    uint32 exccause;
    uint32 epc1, epc2, epc3;
    uint32 excvaddr;
    uint32 depc;
};

struct rst_info *system_get_rst_info(void);
void system_restart(void);
bool system_deep_sleep_set_option(uint8 option);
bool system_deep_sleep(uint64 microseconds);
void system_timer_reinit(void);
uint32 system_get_time(void);
bool system_os_task(os_task_t task, uint8 priority, os_event_t *queue, uint8 length);
bool system_os_post(uint8 priority, os_signal_t signal, os_param_t parameter);
void system_print_meminfo(void);
uint32 system_get_free_heap_size(void);
uint32 system_get_chip_id(void);
void system_init_done_cb(void (*callback)(void));
uint32 system_rtc_clock_cali_proc(void);
uint32 system_get_rtc_time(void);
bool system_rtc_mem_read(uint8 block, void *target, uint16 size);
bool system_rtc_mem_write(uint8 block, const void *source, uint16 size);
void system_uart_swap(void);
void system_uart_de_swap(void);
uint16 system_adc_read(void);
uint16 system_get_vdd33(void);
const char *system_get_sdk_version(void);
bool system_update_cpu_freq(uint8 megahertz);
uint8 system_get_cpu_freq(void);
void system_phy_set_max_tpw(uint8 quarter_dbm);
void system_soft_wdt_feed(void);
void uart_div_modify(uint8 uart, uint32 divisor);

// Radio

enum { NULL_MODE, STATION_MODE, SOFTAP_MODE };
enum { STATION_IF, SOFTAP_IF };
enum dhcp_status { DHCP_STOPPED, DHCP_STARTED };
enum phy_mode { PHY_MODE_11B = 1, PHY_MODE_11G, PHY_MODE_11N };
enum sleep_type { NONE_SLEEP_T, LIGHT_SLEEP_T, MODEM_SLEEP_T };

enum {
    STATION_IDLE,
    STATION_CONNECTING,
    STATION_WRONG_PASSWORD,
    STATION_NO_AP_FOUND,
    STATION_CONNECT_FAIL,
    STATION_GOT_IP
};

typedef enum { AUTH_OPEN, AUTH_WEP, AUTH_WPA_PSK, AUTH_WPA2_PSK, AUTH_WPA_WPA2_PSK } AUTH_MODE;

struct ip_info {
    ip4_addr_t ip;
    ip4_addr_t netmask;
    ip4_addr_t gw;
};

struct bss_info {
    STAILQ_ENTRY(bss_info) next;
    uint8 bssid[6];
    uint8 ssid[32];
    uint8 ssid_len;
    uint8 channel;
    sint8 rssi;
    AUTH_MODE authmode;
    uint8 is_hidden;
};

struct scan_config {
    uint8 *ssid;
    uint8 *bssid;
    uint8 channel;
    uint8 show_hidden;
    int scan_type;
};

struct station_config {
    uint8 ssid[32];
    uint8 password[64];
    uint8 bssid_set;
    uint8 bssid[6];
};

struct softap_config {
    uint8 ssid[32];
    uint8 password[64];
    uint8 ssid_len;
    uint8 channel;
    AUTH_MODE authmode;
    uint8 ssid_hidden;
    uint8 max_connection;
    uint16 beacon_interval;
};

struct station_info {
    STAILQ_ENTRY(station_info) next;
    uint8 bssid[6];
    ip4_addr_t ip;
};

typedef void (*scan_done_cb_t)(void *result, STATUS status);

uint8 wifi_get_opmode(void);
bool wifi_set_opmode(uint8 mode);
bool wifi_station_get_config(struct station_config *config);
bool wifi_station_set_config(struct station_config *config);
bool wifi_station_connect(void);
bool wifi_station_disconnect(void);
bool wifi_station_scan(struct scan_config *config, scan_done_cb_t done);
sint8 wifi_station_get_rssi(void);
uint8 wifi_station_get_connect_status(void);
bool wifi_station_dhcpc_start(void);
bool wifi_station_dhcpc_stop(void);
enum dhcp_status wifi_station_dhcpc_status(void);
bool wifi_station_set_hostname(char *name);
bool wifi_softap_get_config(struct softap_config *config);
bool wifi_softap_set_config(struct softap_config *config);
uint8 wifi_softap_get_station_num(void);
struct station_info *wifi_softap_get_station_info(void);
void wifi_softap_free_station_info(void);
bool wifi_softap_dhcps_start(void);
bool wifi_softap_dhcps_stop(void);
enum dhcp_status wifi_softap_dhcps_status(void);
bool wifi_get_ip_info(uint8 interface, struct ip_info *info);
bool wifi_set_ip_info(uint8 interface, struct ip_info *info);
bool wifi_get_macaddr(uint8 interface, uint8 *mac);
bool wifi_set_macaddr(uint8 interface, uint8 *mac);
uint8 wifi_get_channel(void);
bool wifi_set_channel(uint8 channel);
enum phy_mode wifi_get_phy_mode(void);
bool wifi_set_phy_mode(enum phy_mode mode);
enum sleep_type wifi_get_sleep_type(void);
bool wifi_set_sleep_type(enum sleep_type type);
void wifi_fpm_open(void);
void wifi_fpm_close(void);
void wifi_fpm_do_wakeup(void);
sint8 wifi_fpm_do_sleep(uint32 microseconds);
void wifi_fpm_set_sleep_type(enum sleep_type type);
