int run_lua(const char *path);
