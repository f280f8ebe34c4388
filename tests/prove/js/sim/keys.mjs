/** An entity's key as text. */
export function keyText(key) {
  return [key.relation, ...Object.entries(key).flatMap(([name, id]) => (name === 'relation' ? [] : [id]))].join('/')
}
