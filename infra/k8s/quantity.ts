const factors: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The number that a Kubernetes quantity stands for: "250m" is 0.25, "1Gi" is 1073741824. */
export function quantityValue(quantity: string): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(quantity) ?? [];
  const factor = factors[unit];
  if (digits === undefined || factor === undefined) {
    throw new Error(`expected a Kubernetes quantity such as "250m" or "10Gi", got "${quantity}"`);
  }
  return Number(digits) * factor;
}

/** The quantity, without fractions, of an amount of CPU. */
export function cpuQuantity(cores: number): string {
  return `${Math.ceil(Math.round(cores * 1e6) / 1e3)}m`;
}

/** The quantity, in whole mebibytes, of an amount of memory or storage. */
export function bytesQuantity(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)}Mi`;
}
