// The kernel's types, its modules' on top of them, and what an expression derives from either: one table.
import { Btf } from '../btf.ts';
import type { Dump } from '../dump.ts';
import { enumeratorOf, memberOf, sizeOf, strip } from '../paths.ts';
import type { Member, Type, TypeId, TypeKind, TypeTable } from '../table.ts';

/** A module's own types are numbered from the kernel's last on, each module alike: this keeps them apart. */
const MODULE = 2 ** 32;

interface ModuleTypes {
  readonly types: Btf;
  /** What its numbers are moved by. */
  readonly shift: number;
}

export class TypeSpace implements TypeTable {
  readonly #base: TypeTable;
  readonly #loadModules: () => readonly Btf[];
  #modules: readonly ModuleTypes[] | undefined;
  /** Types that no table has, numbered −1, −2, …: pointers to and arrays of others. */
  readonly #derived: Type[] = [];
  readonly #numbers = new Map<string, TypeId>();

  /** @param loadModules called once, when a name is not the kernel proper's */
  constructor(base: TypeTable, loadModules: () => readonly Btf[]) {
    this.#base = base;
    this.#loadModules = loadModules;
  }

  /** The one of a dump. */
  static of(dump: Dump): TypeSpace {
    return dump.memo(TypeSpace, () => {
      const names = () => dump.symbols.modules.map(({ module }) => module ?? '');
      return new TypeSpace(dump.types, () =>
        names()
          .map((name) => dump.moduleTypes(name))
          .filter((types) => types instanceof Btf),
      );
    });
  }

  get fault() {
    return this.#base.fault;
  }

  verify() {
    return this.#base.verify();
  }

  type(id: TypeId): Type {
    if (id < 0) return this.#derived[-id - 1] ?? { kind: 'void' };
    if (id < MODULE) return this.#base.type(id);
    const module = this.#ofModules[Math.floor(id / MODULE) - 1];
    return module ? moved(module, module.types.type((id % MODULE) as TypeId)) : { kind: 'void' };
  }

  find(kind: TypeKind, name: string): TypeId | undefined {
    return this.#first((types) => types.find(kind, name));
  }

  member(struct: string, path: string): Member | undefined {
    return memberOf(this, struct, path);
  }

  sizeOf(type: string | TypeId): number | undefined {
    return sizeOf(this, type);
  }

  enumerator(enumName: string, name: string): number | undefined {
    return enumeratorOf(this, enumName, name);
  }

  strip(id: TypeId): Type {
    return strip(this, id);
  }

  /** The type of a per-CPU variable: BTF has no others, and on 5.10 not even these. */
  variable(name: string): TypeId | undefined {
    return this.#first((types) => (types instanceof Btf ? types.variable(name) : undefined));
  }

  functionType(name: string): TypeId | undefined {
    return this.#first((types) => (types instanceof Btf ? types.functionType(name) : undefined));
  }

  /** Every named type of a kind, the kernel's first, then those each module adds. */
  *named(kind: TypeKind): Generator<readonly [string, TypeId]> {
    if (this.#base instanceof Btf) yield* this.#base.named(kind);
    for (const module of this.#ofModules)
      for (const [name, id] of module.types.named(kind))
        if (id >= module.types.firstId) yield [name, (id + module.shift) as TypeId];
  }

  /** Every enumeration with its values, also those without a tag. */
  *enumerations(): Generator<
    readonly [TypeId, readonly { readonly name: string; readonly value: bigint; size: number }[]]
  > {
    const tables: [Btf, number][] = this.#ofModules.map(({ types, shift }) => [types, shift]);
    if (this.#base instanceof Btf) tables.unshift([this.#base, 0]);
    for (const [types, shift] of tables)
      for (let id = types.firstId; id < types.firstId + types.count; id++) {
        if (!types.isEnum(id as TypeId)) continue;
        const type = types.type(id as TypeId);
        if (type.kind !== 'enum') continue;
        const { size } = type;
        yield [(id + shift) as TypeId, type.values.map((value) => ({ ...value, size }))];
      }
  }

  pointerTo(to: TypeId): TypeId {
    return this.#derive(`* ${to}`, { kind: 'pointer', to });
  }

  arrayOf(of: TypeId, length: number): TypeId {
    return this.#derive(`[${length}] ${of}`, { kind: 'array', of, length });
  }

  /** A function that returns this; what it takes is not known. */
  functionReturning(returns: TypeId): TypeId {
    return this.#derive(`() ${returns}`, {
      kind: 'function',
      returns,
      parameters: [],
      isVariadic: false,
    });
  }

  integer(name: string, size: number, signed: boolean): TypeId {
    const isChar = name.endsWith('char');
    return this.#derive(name, {
      kind: 'int',
      name,
      size,
      signed,
      isBool: name === '_Bool',
      isChar,
    });
  }

  float(name: string, size: number): TypeId {
    return this.#derive(name, { kind: 'float', name, size });
  }

  #derive(key: string, type: Type): TypeId {
    let id = this.#numbers.get(key);
    if (id === undefined) {
      this.#derived.push(type);
      id = -this.#derived.length as TypeId;
      this.#numbers.set(key, id);
    }
    return id;
  }

  #first(find: (types: TypeTable) => TypeId | undefined): TypeId | undefined {
    const id = find(this.#base);
    if (id !== undefined) return id;
    for (const { types, shift } of this.#ofModules) {
      const found = find(types);
      if (found !== undefined) return found < types.firstId ? found : ((found + shift) as TypeId);
    }
    return undefined;
  }

  get #ofModules(): readonly ModuleTypes[] {
    this.#modules ??= this.#loadModules().map((types, i) => ({ types, shift: (i + 1) * MODULE }));
    return this.#modules;
  }
}

/** A module's type with the numbers of its own types moved. */
function moved({ types, shift }: ModuleTypes, type: Type): Type {
  const at = (id: TypeId): TypeId => (id < types.firstId ? id : ((id + shift) as TypeId));
  switch (type.kind) {
    case 'pointer':
    case 'typedef':
    case 'qualifier':
    case 'tag':
      return { ...type, to: at(type.to) };
    case 'array':
      return { ...type, of: at(type.of) };
    case 'struct':
    case 'union':
      return { ...type, fields: type.fields.map((f) => ({ ...f, type: at(f.type) })) };
    case 'function':
      return {
        ...type,
        returns: at(type.returns),
        parameters: type.parameters.map((p) => ({ ...p, type: at(p.type) })),
      };
    default:
      return type;
  }
}
