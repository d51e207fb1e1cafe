import type { Prisma } from "@/prisma/generated/client";

type Tx = Prisma.TransactionClient;

/** Changes the arguments of one operation of a model, or refuses it. */
export type Guard = (model: string, operation: string, args: unknown) => unknown;

type Operation = (args?: unknown) => Promise<unknown>;
type Delegate = Record<string, unknown>;

const RAW = new Set<string | symbol>(["$queryRaw", "$executeRaw", "$queryRawUnsafe", "$executeRawUnsafe"]);

/** Whose operations go through `guard`. Made for every transaction: an extended client would cost more than the queries of most. */
export function guarded(tx: Tx, guard: Guard): Tx {
  return onModels(tx, (model, name) => {
    const delegate = delegateOf(tx, model);
    return (args) => (delegate[name] as Operation)(guard(modelName(model), name, args));
  });
}

/** Single operations of models, each as `run` does it: in a transaction of its own. */
export function onModels(target: Tx, run: (model: string, operation: string) => Operation): Tx {
  const get = (_: object, model: string | symbol): unknown => {
    if (RAW.has(model)) return rawOf(target, model);
    if (typeof model === "symbol" || !isDelegate(Reflect.get(target, model))) return undefined;
    return operations(delegateOf(target, model), (operation) => run(model, operation));
  };
  return new Proxy({}, { get }) as Tx;
}

function operations(delegate: Delegate, run: (operation: string) => Operation): Delegate {
  const get = (_: object, name: string | symbol): unknown => {
    if (typeof name === "symbol" || name.startsWith("$")) return undefined;
    const value = delegate[name];
    return typeof value === "function" ? run(name) : value;
  };
  return new Proxy({}, { get });
}

function rawOf(target: Tx, name: string | symbol): unknown {
  return (Reflect.get(target, name) as (...parts: unknown[]) => unknown).bind(target);
}

const delegateOf = (target: Tx, model: string) => Reflect.get(target, model) as Delegate;
const isDelegate = (value: unknown) => typeof value === "object" && value !== null && "findMany" in value;
const modelName = (model: string) => `${model.charAt(0).toUpperCase()}${model.slice(1)}`;
