/** The demo's sign-in asks for no password: this token everybody knows, and it opens nothing but the demo. */
export const tokenOf = (user: string): string => `demo-${user}`
