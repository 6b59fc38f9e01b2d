// As of lwIP 1.4, where dns_getserver returns the address itself.
#pragma once

#include <lwip/err.h>
#include <lwip/ip_addr.h>

typedef void (*dns_found_callback)(const char *name, ip_addr_t *address, void *argument);

void dns_setserver(u8_t number, ip_addr_t *address);
ip_addr_t dns_getserver(u8_t number);
err_t dns_gethostbyname(const char *name, ip_addr_t *address, dns_found_callback found,
                        void *argument);
