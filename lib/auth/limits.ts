export const PASSWORD_CHARACTERS = { min: 10, max: 128 } as const;
export const NAME_CHARACTERS = 100;
