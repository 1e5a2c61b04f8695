// SPDX-License-Identifier: MIT
#ifndef RESONANT_CYAML_H
#define RESONANT_CYAML_H
#include <yaml.h>
#endif
