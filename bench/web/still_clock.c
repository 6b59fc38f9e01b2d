// Preloaded into a firmware whose instructions are counted: the clock advances a microsecond whenever
// somebody looks. Else it would depend on how busy this computer is how often a timer fires between
// two measuring points.

#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    static long long microseconds = 2000000000LL * 1000000;
    (void)clock;
    microseconds++;
    now->tv_sec = (time_t)(microseconds / 1000000);
    now->tv_nsec = (long)(microseconds % 1000000 * 1000);
    return 0;
}
