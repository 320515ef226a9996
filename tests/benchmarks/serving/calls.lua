-- What wrk sends: the calls of a kind, each for the next of the keys in a file. wrk -s calls.lua URL -- KIND KEYS AUTHOR
local kind, keys, author = nil, {}, nil
local position = math.random(0, 1000)

function init(arguments)
  kind, author = arguments[1], arguments[3]
  for line in io.lines(arguments[2]) do keys[#keys + 1] = line end
end

function request()
  position = position % #keys + 1
  local path = "/notes/" .. keys[position]
  local json = { ["Content-Type"] = "application/json" }
  if kind == "read" then return wrk.format("GET", path) end
  if kind == "list" then return wrk.format("GET", "/notes?limit=20&offset=" .. position % 1000) end
  if kind == "update" then return wrk.format("PATCH", path, json, '{"title": "title ' .. position .. '"}') end
  local body = '{"author_id": "' .. author .. '", "title": "a new one", "body": "What there is to say."}'
  return wrk.format("POST", "/notes", json, body)
end
