/* Conversion of character sets (POSIX iconv), which Swift's Glibc module lacks. */
#include <iconv.h>
