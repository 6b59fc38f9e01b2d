// The system's mbedtls is built with debug messages, and MicroPython turns them on wherever they
// are: every handshake would print its secrets on the console.

#undef MBEDTLS_DEBUG_C
