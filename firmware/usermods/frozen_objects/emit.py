"""Prints frozen modules as mpy-tool does, and their constant objects as C."""

import constants
from constants import Constant, Function, Literal, Members, Name, Wrapped

_FUNCTION = "{{{{&{type}}}, &frozen_parts[{part}].context, {children}, fun_data_{name}}}"
_MAP = ".all_keys_are_qstrs = 1, .is_fixed = 1, .is_ordered = 0"


def freeze(tool, arguments):
    """Print what mpy-tool, the module `tool`, makes of `arguments`, and the objects of all modules with it."""
    original = tool.freeze_mpy

    def freeze_mpy(idents, modules):
        # MicroPython runs what is in no package by its name, in another module's globals
        packaged = [module for module in modules if "/" in module.source_file.str]
        parts = [constants.read(tool, module) for module in packaged]
        for part in parts:
            tool.global_qstrs.add(part.name)
        by_name = {part.name: part for part in parts}
        printers = [_Printer(tool, part, index, by_name) for index, part in enumerate(parts)]
        _print_head(printers)
        original(idents, modules)
        _print_parts(printers)

    tool.freeze_mpy = freeze_mpy
    tool.main(arguments)


def _print_head(printers):
    print('#include "frozen_objects.h"\n')
    for printer in printers:
        printer.declare_types()


def _print_parts(printers):
    print(f"\nmp_obj_dict_t frozen_globals[{len(printers)}];")
    print(f"const size_t frozen_part_count = {len(printers)};")
    print(f"const frozen_part_t frozen_parts[{len(printers)}] = {{")
    for printer in printers:
        printer.print_part()
    print("};")


def _type(base):
    return (
        f"frozen_type_{base.code.escaped_name}" if isinstance(base, Members) else f"mp_type_{base}"
    )


class _Printer:
    """Takes part in the printing of one module, in place of some of mpy-tool's methods."""

    def __init__(self, tool, part, index, parts):
        self._tool = tool
        self._parts = parts
        self._part = part
        self._index = index
        module = part.module
        self._name = module.escaped_name
        self._objects = f"frozen_objects_{self._name}"
        self._constants = {}  # by name of the constant, its value in C
        self._bodies = {id(f.code) for f in part.classes}
        self._ours = self._bodies | {id(f.code) for f in part.functions}
        self._freeze = module.freeze
        module.freeze = self._freeze_module
        self._freeze_constant = module.freeze_constant_obj
        module.freeze_constant_obj = self._remember_constant
        self._patch(module.raw_code)

    def _patch(self, code):
        for child in code.children:
            self._patch(child)
        if isinstance(code, self._tool.RawCodeBytecode):
            code.freeze_children = lambda: self._freeze_children(code)
            if id(code) in self._ours:
                code.freeze_raw_code = lambda: None
            if id(code) in self._bodies:
                code.freeze = lambda: self._freeze_each(code.children)

    def _freeze_children(self, code):
        self._freeze_each(code.children)
        if code.children:
            print(f"static const void *const children_{code.escaped_name}[] = {{")
            for child in code.children:
                print(f"    &{self._made_from(child)},")
            print("};")

    def _freeze_each(self, codes):
        for code in codes:
            code.freeze()

    def _made_from(self, code):
        return (
            f"{self._objects}.{code.escaped_name}"
            if id(code) in self._ours
            else f"proto_fun_{code.escaped_name}"
        )

    def _remember_constant(self, name, value):
        self._constants[name] = self._freeze_constant(name, value)
        return self._constants[name]

    def _freeze_module(self, index):
        if self._ours:
            self._declare_objects()
        self._freeze(index)
        if self._ours:
            self._print_objects()

    def _declare_objects(self):
        print(f"static const struct {self._objects} {{")
        for function in self._part.functions:
            name, count = function.code.escaped_name, len(function.defaults)
            print(f"    frozen_function_t {name};")
            if count:
                print(f"    mp_rom_obj_t {name}_defaults[{count}];")
        for members in self._part.classes:
            print(f"    frozen_class_t {members.code.escaped_name};")
        print(f"}} {self._objects};")

    def _print_objects(self):
        classes = [self._class(members) for members in self._part.classes]
        print(f"static const struct {self._objects} {self._objects} = {{")
        for function in self._part.functions:
            name = function.code.escaped_name
            print(f"    .{name} = {self._function(function)},")
            if function.defaults:
                values = ", ".join(self._value(value) for value in function.defaults)
                print(f"    .{name}_defaults = {{{values}}},")
        for text in classes:
            print(text)
        print("};")
        for members in self._part.classes:
            self._print_type(members)

    def _class(self, members):
        """Print the table of a class; its line among the objects."""
        table = self._table(members)
        self._print_members(members, table)
        counts = f".used = {len(members.members)}, .alloc = {len(table)}"
        content = f"{_MAP}, {counts}, .table = (void *){self._members(members)}"
        type = "NULL" if self._bases(members) is None else f"&{_type(members)}"
        name = members.code.escaped_name
        return f"    .{name} = {{{{{{&mp_type_dict}}, {{{content}}}}}, {type}}},"

    def _bases(self, members):
        return constants.bases_of(members, self._parts)

    def declare_types(self):
        """Print that there are the classes whose bases are known."""
        for members in self._part.classes:
            if self._bases(members) is not None:
                print(f"extern const mp_obj_type_t {_type(members)};")

    def _print_type(self, members):
        bases = self._bases(members)
        if bases is None:
            return
        flags = "FROZEN_TYPE_FLAGS"
        if self._has_property(members):
            flags += " | MP_TYPE_FLAG_HAS_SPECIAL_ACCESSORS"
        slots = f"FROZEN_TYPE_SLOTS({self._objects}.{members.code.escaped_name}.members)"
        if len(bases) == 1:
            slots += f", parent, &{_type(bases[0])}"
        elif bases:
            several = f"frozen_bases_{members.code.escaped_name}"
            items = ", ".join(f"MP_ROM_PTR(&{_type(base)})" for base in bases)
            content = f"{{{{&mp_type_tuple}}, {len(bases)}, {{{items}}}}}"
            print(f"static const mp_rom_obj_tuple_t {several} = {content};")
            slots += f", parent, &{several}"
        name = members.code.simple_name.qstr_id
        print(f"MP_DEFINE_CONST_OBJ_TYPE({_type(members)}, {name}, {flags}, {slots});")

    def _has_property(self, members):
        values = members.members.values()
        if any(isinstance(value, Wrapped) and value.kind == "property" for value in values):
            return True
        bases = self._bases(members)
        return any(isinstance(base, Members) and self._has_property(base) for base in bases)

    def _members(self, members):
        return f"frozen_members_{members.code.escaped_name}"

    def _table(self, members):
        tool = self._tool
        width = tool.config.MICROPY_QSTR_BYTES_IN_HASH
        names = list(members.members)
        hashes = [tool.qstrutil.compute_hash(name.encode(), width) for name in names]
        return [None if key is None else names[key] for key in constants.slots(hashes)]

    def _print_members(self, members, table):
        values = {name: self._member(members, name) for name in members.members}
        print(f"static const mp_rom_map_elem_t {self._members(members)}[{len(table)}] = {{")
        for at, name in enumerate(table):
            if name is not None:
                print(f"    [{at}] = {{MP_ROM_QSTR({self._qstr(name)}), {values[name]}}},")
        print("};")

    def _member(self, members, name):
        value = members.members[name]
        if not isinstance(value, Wrapped):
            return self._value(value)
        wrapped = f"frozen_wrapped_{members.code.escaped_name}_{self._tool.QStrType(name).qstr_esc}"
        inner = self._value(value.function)
        if value.kind == "property":
            content = f"frozen_property_t {wrapped} = {{{{&mp_type_property}}, {{{inner}, MP_ROM_NONE, MP_ROM_NONE}}}}"
        else:
            content = f"mp_rom_obj_static_class_method_t {wrapped} = {{{{&mp_type_{value.kind}}}, {inner}}}"
        print(f"static const {content};")
        return f"MP_ROM_PTR(&{wrapped})"

    def _function(self, function):
        code = function.code
        generator = code.scope_flags & self._tool.MP_SCOPE_FLAG_GENERATOR
        return _FUNCTION.format(
            type="mp_type_gen_wrap" if generator else "mp_type_fun_bc",
            part=self._index,
            children=f"(void *)children_{code.escaped_name}" if code.children else "NULL",
            name=code.escaped_name,
        )

    def _value(self, value):
        if isinstance(value, Literal):
            return value.text
        if isinstance(value, Constant):
            return self._constants["_".join(("const_obj", self._name, *map(str, value.index)))]
        if isinstance(value, Name):
            return f"MP_ROM_QSTR({self._qstr(self._part.name)})"
        assert isinstance(value, Function)
        return f"MP_ROM_PTR(&{self._objects}.{value.code.escaped_name})"

    def _qstr(self, name):
        return self._tool.QStrType(name).qstr_id

    def print_part(self):
        """Its line in the table of all modules."""
        part = self._part
        module = part.module
        qstrs = (
            f"(qstr_short_t *)const_qstr_table_data_{self._name}" if module.qstr_table else "NULL"
        )
        objects = f"(mp_obj_t *)const_obj_table_data_{self._name}" if module.obj_table else "NULL"
        start, end = f"&{self._objects}", f"&{self._objects} + 1"
        if not self._ours:
            start = end = "NULL"
        context = (
            f"{{{{{{&mp_type_module}}, &frozen_globals[{self._index}]}}, {{{qstrs}, {objects}}}}}"
        )
        counts = f"{self._qstr(part.name)}, {len(part.names) + 1}"
        print(f"    {{{context}, (const byte *)({start}), (const byte *)({end}), {counts}}},")
