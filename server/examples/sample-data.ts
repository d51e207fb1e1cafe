/** A small shop that the example workflows talk to. Always the same. */
export interface SampleProduct {
  id: string;
  name: string;
  price: number;
  stock: number;
}

export interface SampleOrder {
  id: string;
  customer: { name: string; email: string };
  lines: { sku: string; quantity: number; price: number }[];
  total: number;
}

const NAMES = ["Lamp", "Desk", "Chair", "Shelf", "Rug", "Mirror", "Clock", "Vase", "Bench", "Stool"];
const COUNT = 47;

/** This one's details are broken, so that examples meet an error. */
export const BROKEN_PRODUCT = "p-13";

export const PRODUCTS: readonly SampleProduct[] = Array.from({ length: COUNT }, (_, index) => ({
  id: `p-${index + 1}`,
  name: `${NAMES[index % NAMES.length] ?? ""} ${Math.floor(index / NAMES.length) + 1}`,
  price: 10 + ((index * 37) % 190),
  stock: (index * 7) % 23,
}));

function order(id: string, name: string, lines: [number, number][]): SampleOrder {
  const detailed = lines.map(([number, quantity]) => ({ sku: `p-${number}`, quantity, price: PRODUCTS[number - 1]?.price ?? 0 }));
  const total = detailed.reduce((sum, line) => sum + line.quantity * line.price, 0);
  return { id, customer: { name, email: `${name.toLowerCase()}@example.com` }, lines: detailed, total };
}

/** Order 1002 asks for more than there is. */
export const ORDERS: readonly SampleOrder[] = [
  order("1001", "Ada", [[2, 1], [3, 4], [5, 2]]),
  order("1002", "Grace", [[1, 2], [4, 1]]),
  order("1003", "Alan", [[12, 1]]),
];
