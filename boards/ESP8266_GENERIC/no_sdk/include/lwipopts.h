// lwIP as MicroPython wants it on this chip: callbacks, no operating system. See ../README.md.
#pragma once

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define MEM_LIBC_MALLOC 1
#define MEM_ALIGNMENT 4
#define MEMP_MEM_MALLOC 1

#define LWIP_ARP 1
#define LWIP_RAW 1
#define LWIP_DHCP 1
#define LWIP_IGMP 1
#define LWIP_DNS 1
#define LWIP_IPV6 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_STATS 0
#define LWIP_NETIF_HOSTNAME 1
#define SO_REUSE 1

#define TCP_MSS 536
#define TCP_SND_BUF (2 * TCP_MSS)
