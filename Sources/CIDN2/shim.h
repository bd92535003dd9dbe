/* Domain names by UTS 46, as browsers and mail programs map them. */
#include <idn2.h>
