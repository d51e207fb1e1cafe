export interface Counter {
  operations: number;
}

/** The same object, seen through a proxy that counts every read, write and listed key, at any depth. */
export function counting<Target extends object>(target: Target, counter: Counter): Target {
  const proxies = new WeakMap<object, object>();
  const targets = new WeakMap<object, object>();
  const wrap = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || targets.has(value)) return value;
    const known = proxies.get(value);
    if (known !== undefined) return known;
    const proxy = new Proxy(value, handler);
    proxies.set(value, proxy);
    targets.set(proxy, value);
    return proxy;
  };
  const unwrap = (value: unknown): unknown => (typeof value === "object" && value !== null ? (targets.get(value) ?? value) : value);
  const count = (operations = 1) => (counter.operations += operations);
  const handler: ProxyHandler<object> = {
    get(object, key, receiver) {
      count();
      return wrap(Reflect.get(object, key, receiver));
    },
    set(object, key, value) {
      count();
      return Reflect.set(object, key, unwrap(value));
    },
    deleteProperty(object, key) {
      count();
      return Reflect.deleteProperty(object, key);
    },
    has(object, key) {
      count();
      return Reflect.has(object, key);
    },
    ownKeys(object) {
      const keys = Reflect.ownKeys(object);
      count(keys.length);
      return keys;
    },
  };
  return wrap(target) as Target;
}
