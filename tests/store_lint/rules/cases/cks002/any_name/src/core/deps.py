from core.params import AppParams, params

current = params
Alias = AppParams
