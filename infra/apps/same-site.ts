/**
 * Whether two addresses are one site to a browser, which sends cookies from a page of the one to the other: a scheme and
 * the last two names of a host. Below suffixes such as "co.uk" it takes two sites for one; browsers have a list of those.
 */
export const isSameSite = (one: string, other: string) => siteOf(one) === siteOf(other);

function siteOf(address: string): string {
  const { protocol, hostname } = new URL(address);
  return `${protocol}//${hostname.split(".").slice(-2).join(".")}`;
}
