/* Loaded into the tested program before its libraries: the time of day goes as on another day.
   CARTIO_TEST_CLOCK holds the seconds that are added to the system's. */
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *time);
