// The version that esp-open-sdk brings. See ../README.md.
#pragma once

#define ESP_SDK_VERSION 020100
