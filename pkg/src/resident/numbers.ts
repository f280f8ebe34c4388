/** The two columns on their way to the engine. */
export class Numbers {
  cells: Uint32Array
  owners: Uint32Array

  constructor(expected: number) {
    this.cells = new Uint32Array(expected)
    this.owners = new Uint32Array(expected)
  }

  put(position: number, cell: number, owner: number): void {
    if (position >= this.cells.length) {
      this.cells = longer(this.cells)
      this.owners = longer(this.owners)
    }
    this.cells[position] = cell
    this.owners[position] = owner
  }
}

function longer(column: Uint32Array): Uint32Array {
  const copy = new Uint32Array(2 * column.length + 1024)
  copy.set(column)
  return copy
}
