curl 'https://shop.example.com/api/cart?item=7' \
  -H 'accept: application/json' \
  -H 'accept-language: en-GB,en;q=0.9' \
  -b $'version=v20; note=it\'s\u0021; device-id=4f1c' \
  -H 'x-canary: 1' \
  -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36' \
  --compressed ;
