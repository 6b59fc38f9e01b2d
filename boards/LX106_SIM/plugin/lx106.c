// A TCG plugin that makes QEMU's lx106 more like the ESP8266, and counts.
//
//   -plugin file=lx106.so,counters=FILE[,functions=FILE][,chain=FILE]
//
// Faults. The ESP8266 reads instructions and constants from flash and IRAM through a bus that takes
// aligned words alone: any other load, and every store to flash, is exception 3 (LoadStoreError),
// which nobody handles there. QEMU's memory takes them all; this plugin says where it happened and
// ends QEMU.
//
// Counters. FILE is a page of memory that others may map too: see struct counters. What runs
// outside of the chip's memory, in the simulation, is not counted. A reader finds the figures exact
// while the processor waits in a simcall.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../port/panic.h"
#include "chain.h"
#include "functions.h"
#include "qemu_plugin.h"

int qemu_plugin_version = QEMU_PLUGIN_VERSION;

// The chip's memory.
#define STACK_LOW (0x3fffc000u)
#define STACK_TOP (0x40000000u)
#define IRAM (0x40100000u)
#define FLASH (0x40200000u)
#define FLASH_END (0x40300000u)
#define SIMULATION (0x50000000u)

struct counters {
    uint64_t instructions;
    uint64_t lowest_store; // of all addresses in the stack that were written
};

static struct counters *counters;
static const char *functions_path; // NULL: not wanted
static const char *chain_path;     // NULL: not wanted

struct access {
    uint32_t pc;
    const char *function; // NULL: unknown
    const char *what;
    int stack_offset; // of a store by the stack pointer, else -1
};

static void fail(const struct access *access, uint32_t address) {
    fprintf(stderr, "\r\nFatal exception (3): %s %#x, at pc %#x%s%s\r\n", access->what, address,
            access->pc, access->function == NULL ? "" : " in ",
            access->function == NULL ? "" : access->function);
    _exit(PANIC_STATUS);
}

// A load of a byte or half-word.
static void on_narrow_load(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address,
                           void *access) {
    (void)vcpu;
    (void)info;
    if (address >= IRAM && address < FLASH_END) {
        fail(access, (uint32_t)address);
    }
}

static void on_stack_store(uint32_t address) {
    if (address < counters->lowest_store) {
        counters->lowest_store = address;
        if (chain_path != NULL) {
            chain_write(chain_path, STACK_TOP, address);
        }
    }
}

static void on_narrow_store(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address,
                            void *access) {
    (void)vcpu;
    (void)info;
    if (address >= IRAM && address < FLASH_END) {
        fail(access, (uint32_t)address);
    }
    if (address >= STACK_LOW && address < STACK_TOP) {
        on_stack_store((uint32_t)address);
    }
}

static void on_word_store(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *data) {
    (void)vcpu;
    (void)info;
    const struct access *access = data;
    if (address >= FLASH && address < FLASH_END) {
        fail(access, (uint32_t)address);
    }
    if (address >= STACK_LOW && address < STACK_TOP) {
        if (chain_path != NULL && access->stack_offset >= 0) {
            chain_frame(access->function, (uint32_t)address - (uint32_t)access->stack_offset);
        }
        on_stack_store((uint32_t)address);
    }
}

enum kind { OTHER, NARROW_LOAD, NARROW_STORE, WORD_STORE };

// From the encoding (Xtensa ISA, little-endian): the lowest four bits are the major opcode.
static enum kind kind_of(const uint8_t *code) {
    if ((code[0] & 15) == 9) {
        return WORD_STORE; // S32I.N
    }
    if ((code[0] & 15) != 2) {
        return OTHER;
    }
    switch (code[1] >> 4) {
    case 0: // L8UI
    case 1: // L16UI
    case 9: // L16SI
        return NARROW_LOAD;
    case 4: // S8I
    case 5: // S16I
        return NARROW_STORE;
    case 6: // S32I
        return WORD_STORE;
    default:
        return OTHER;
    }
}

// The offset of a word store by the stack pointer, a1; -1: it is none.
static int stack_offset_of(const uint8_t *code) {
    if ((code[1] & 15) != 1) {
        return -1;
    }
    return (code[0] & 15) == 9 ? 4 * (code[1] >> 4) : 4 * code[2];
}

static void on_return(unsigned vcpu, void *function) {
    (void)vcpu;
    chain_return(function);
}

static void watch_returns(struct qemu_plugin_insn *insn) {
    static const uint8_t ret[] = {0x80, 0, 0}, ret_n[] = {0x0d, 0xf0};
    const void *code = qemu_plugin_insn_data(insn);
    if (memcmp(code, ret_n, sizeof(ret_n)) == 0 || memcmp(code, ret, sizeof(ret)) == 0) {
        qemu_plugin_register_vcpu_insn_exec_cb(insn, on_return, QEMU_PLUGIN_CB_NO_REGS,
                                               (void *)qemu_plugin_insn_symbol(insn));
    }
}

static void watch_memory(struct qemu_plugin_insn *insn, uint32_t pc) {
    static const struct {
        qemu_plugin_vcpu_mem_cb_t callback;
        const char *what;
    } watches[] = {
        [NARROW_LOAD] = {on_narrow_load, "narrow load from"},
        [NARROW_STORE] = {on_narrow_store, "narrow store to"},
        [WORD_STORE] = {on_word_store, "store to"},
    };
    const uint8_t *code = qemu_plugin_insn_data(insn);
    enum kind kind = kind_of(code);
    if (kind == OTHER) {
        return;
    }
    // QEMU may run translated code at any later time: this is for as long as it lives.
    struct access *access = malloc(sizeof(*access));
    *access = (struct access){pc, qemu_plugin_insn_symbol(insn), watches[kind].what,
                              kind == WORD_STORE ? stack_offset_of(code) : -1};
    // QEMU 7.2 takes QEMU_PLUGIN_MEM_R for "stores": both directions is what works everywhere.
    qemu_plugin_register_vcpu_mem_cb(insn, watches[kind].callback, QEMU_PLUGIN_CB_NO_REGS,
                                     QEMU_PLUGIN_MEM_RW, access);
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint32_t pc = (uint32_t)qemu_plugin_insn_vaddr(insn);
        if (pc < SIMULATION) {
            qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
                                                       &counters->instructions, 1);
            if (functions_path != NULL) {
                qemu_plugin_register_vcpu_insn_exec_inline(
                    insn, QEMU_PLUGIN_INLINE_ADD_U64,
                    functions_counter(qemu_plugin_insn_symbol(insn)), 1);
            }
            if (chain_path != NULL) {
                watch_returns(insn);
            }
            watch_memory(insn, pc);
        }
    }
}

static void on_exit_of_qemu(void) {
    if (!functions_write(functions_path)) {
        perror(functions_path);
    }
}

// The value of an argument "NAME=VALUE", or NULL.
static const char *option(const char *name, int argc, char **argv) {
    size_t length = strlen(name);
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=') {
            return argv[i] + length + 1;
        }
    }
    return NULL;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    (void)info;
    const char *path = option("counters", argc, argv);
    int fd = path == NULL ? -1 : open(path, O_RDWR);
    if (fd < 0 || ftruncate(fd, sizeof(*counters)) != 0) {
        fprintf(stderr, "lx106.so: give it counters=FILE, a file that exists\n");
        return 1;
    }
    counters = mmap(NULL, sizeof(*counters), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (counters == MAP_FAILED) {
        perror("lx106.so");
        return 1;
    }
    counters->lowest_store = STACK_TOP;
    chain_path = option("chain", argc, argv);
    functions_path = option("functions", argc, argv);
    if (functions_path != NULL) {
        atexit(on_exit_of_qemu);
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    return 0;
}
