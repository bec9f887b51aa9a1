/** The page that an address asks for; anything but a whole number from 1 means the first. */
export function pageFrom(search: string): number {
  const value = new URLSearchParams(search).get("page") ?? "";
  return /^[1-9]\d{0,5}$/.test(value) ? Number(value) : 1;
}

/** The address of a page; the first has no number, so that it is the journal's own address. */
export function addressOf(page: number): string {
  return page === 1 ? "/" : `/?page=${page}`;
}

/** Page numbers worth a link: the first, the last and those around the current one. */
export function pagesToShow(current: number, pages: number): (number | "gap")[] {
  const wanted = new Set([1, current - 1, current, current + 1, pages]);
  const shown: (number | "gap")[] = [];
  for (let page = 1; page <= pages; page++) {
    const fillsGapOfOne = wanted.has(page - 1) && wanted.has(page + 1);
    if (wanted.has(page) || fillsGapOfOne) {
      shown.push(page);
    } else if (shown.at(-1) !== "gap") {
      shown.push("gap");
    }
  }
  return shown;
}
