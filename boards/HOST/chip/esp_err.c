#include "esp_err.h"

const char *esp_err_to_name(esp_err_t error) {
    switch (error) {
    case ESP_OK:
        return "ESP_OK";
    case ESP_FAIL:
        return "ESP_FAIL";
    case ESP_ERR_INVALID_ARG:
        return "ESP_ERR_INVALID_ARG";
    case ESP_ERR_INVALID_STATE:
        return "ESP_ERR_INVALID_STATE";
    case ESP_ERR_INVALID_SIZE:
        return "ESP_ERR_INVALID_SIZE";
    case ESP_ERR_NOT_FOUND:
        return "ESP_ERR_NOT_FOUND";
    case ESP_ERR_OTA_VALIDATE_FAILED:
        return "ESP_ERR_OTA_VALIDATE_FAILED";
    default:
        return "UNKNOWN ERROR";
    }
}
