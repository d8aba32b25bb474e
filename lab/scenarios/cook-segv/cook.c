// Follows a bad pointer.
int main(void)
{
	return *(volatile int *)8;
}
