SRC_USERMOD_C += $(USERMOD_DIR)/modfrozen_names.c
