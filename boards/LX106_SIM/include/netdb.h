// The part of POSIX that HOST's socket module uses; port/net.c has the functions.

#ifndef LX106_NETDB_H
#define LX106_NETDB_H

struct addrinfo {
    int ai_family;
    int ai_socktype;
    void *ai_addr;
};

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **result);
void freeaddrinfo(struct addrinfo *result);

#endif
