# as it was in a ticket
curl 'https://shop.example.com/' --tell-me-more \
  -H 'no colon here' -b jar.txt \
  https://shop.example.com/other -H
