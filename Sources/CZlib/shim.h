// SPDX-License-Identifier: MIT
#ifndef RESONANT_CZLIB_H
#define RESONANT_CZLIB_H
#include <zlib.h>
#endif
