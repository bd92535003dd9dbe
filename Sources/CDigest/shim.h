/* SHA-256 of libmd: libedit-dev brings it, and libedit loads it anyway. */
#include <sys/types.h>
#include <sha2.h>
