// Addresses as text.

/** As crash prints addresses in tables: 16 digits, no 0x. */
export const hex16 = (address: bigint): string => address.toString(16).padStart(16, '0');

/** As JSON carries addresses: `"0xffff…"`. */
export const hex = (address: bigint): string => `0x${address.toString(16)}`;
