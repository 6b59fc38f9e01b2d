FROZEN_OBJECTS_DIR := $(USERMOD_DIR)

SRC_USERMOD_C += $(FROZEN_OBJECTS_DIR)/frozen_objects.c
CFLAGS_USERMOD += -I$(FROZEN_OBJECTS_DIR)
# Its own folder is an input of the build: -B leaves nothing there
MAKE_MANIFEST = $(PYTHON) -B $(FROZEN_OBJECTS_DIR)/makemanifest.py
# What frozen_objects.c stands before; each board hands them to its linker.
FROZEN_OBJECTS_WRAPPED := gc_collect_start mp_init mp_load_build_class mp_make_function_from_proto_fun \
	mp_obj_new_module

$(BUILD)/py/objtype.o: $(FROZEN_OBJECTS_DIR)/objtype.c
	$(call compile_c)
