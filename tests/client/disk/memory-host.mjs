// The suite's host for disks in memory.

export function memoryHost({ openMemoryDisk, MemoryMedium, exportOutbox }, log) {
  const places = new Map()
  const start = async (options) => {
    const disk = await openMemoryDisk(options)
    places.set(disk, options)
    return disk
  }
  return {
    log,
    exportOutbox,
    open: (options) => start({ medium: new MemoryMedium(), user: 7, ...options }),
    another: (disk) => start(places.get(disk)),
    async reopen(disk) {
      await disk.outbox.close()
      await disk.view.close()
      return start(places.get(disk))
    },
    rows: async (disk) => [...places.get(disk).medium.rows()],
    damage: async (disk, ...what) => places.get(disk).medium.damage(...what),
    clear: async (disk) => places.get(disk).medium.clear(),
  }
}
