// Ids that a small Invenio and its decisions both speak of: two communities, a role, a secret link, and one that has ended.
export const A = 'aaaaaaaa-0000-4000-8000-000000000001'
export const B = 'bbbbbbbb-0000-4000-8000-000000000002'
export const LAB = 'cccccccc-0000-4000-8000-000000000003'
export const LINK = 'dddddddd-0000-4000-8000-000000000004'
export const ENDED = 'dddddddd-0000-4000-8000-000000000005'
